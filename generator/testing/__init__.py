"""What tests of charts and rules are written with. Public and stable: users import it too."""
