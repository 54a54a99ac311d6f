"""Read a PDF that nobody vouches for, in a process of its own: `python -m paperkit.camera_ready.audit.reading`."""
