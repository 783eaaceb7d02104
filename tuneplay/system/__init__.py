"""What several edges ask of the system: processes by their number, files that are new."""
