"""Generator of the sample town: real division names, invented everything else."""
