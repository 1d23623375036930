"""What arrived, line by line and place by place; BAP and BAST by both sides; complaints and ratings."""
