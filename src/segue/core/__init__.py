"""What every request passes; knows no battery."""
