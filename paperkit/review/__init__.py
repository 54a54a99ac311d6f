"""The review: what a paper is made of, what of it the documents use, what changed, what is to be mended."""
