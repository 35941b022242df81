"""Makes the report of a quarter: of one program, or of all of an organisation."""

from preceptor.insights.quarterly.making.organisation import of_organisation
from preceptor.insights.quarterly.making.program import of_program

__all__ = ["of_organisation", "of_program"]
