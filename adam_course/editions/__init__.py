"""What `adam-course release` puts beside the notebooks: pages, scripts, a workflow."""
