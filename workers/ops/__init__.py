"""What the on-call engineer uses: doctor, replay, usage, overviews."""
