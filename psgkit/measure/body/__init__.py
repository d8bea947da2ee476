"""Heart and oxygen: heart rate by stage, its variability, saturation."""
