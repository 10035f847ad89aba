"""Times the kernels of the lab side by side."""
