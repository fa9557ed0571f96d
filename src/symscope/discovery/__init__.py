"""Discovery of symmetries from samples: LieGAN as a batched ensemble."""
