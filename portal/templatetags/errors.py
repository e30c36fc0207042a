"""`{{ error|named:field }}`: an error in the summary above a form."""

from django import template

from portal.form_words import named

register = template.Library()
register.filter(named)
