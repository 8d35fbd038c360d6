"""placeholder"""
from segue.core.http.response import HTML
def debug_page(error, request):
    return HTML(repr(error), 500)
