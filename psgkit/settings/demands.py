"""Words for the values that a setting can take."""

from typing import Any


def demand_of(error: Any) -> str:
    """Return pydantic's demand on a value that it refused."""
    context = error.get("ctx", {})
    match error["type"]:
        case "greater_than":
            demand = f"it must be more than {context['gt']:g}"
        case "greater_than_equal":
            demand = f"it must be at least {context['ge']:g}"
        case "less_than":
            demand = f"it must be less than {context['lt']:g}"
        case "less_than_equal":
            demand = f"it must be at most {context['le']:g}"
        case "literal_error":
            choices = context["expected"].replace(" or ", ", ")
            demand = f"it must be one of {choices}"
        case "bool_type" | "bool_parsing":
            demand = "it must be true or false"
        case "int_type" | "int_parsing" | "int_from_float":
            demand = "it must be a whole number"
        case "float_type" | "float_parsing" | "finite_number":
            demand = "it must be a number"
        case "string_type":
            demand = "it must be a text"
        case _:
            demand = str(error["msg"]).lower()
    return demand
