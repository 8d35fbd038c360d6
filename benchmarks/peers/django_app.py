"""Django: function views, no middleware, `JsonResponse`; the order by msgspec."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST
from records import DecodeError, decode_order, encode, receipt

settings.configure(
    DEBUG=False,
    SECRET_KEY="measured, not kept",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    LOGGING_CONFIG=None,
)


@require_GET
def plaintext(request):
    return HttpResponse("Hello, World!", content_type="text/plain")


@require_GET
def message(request):
    return JsonResponse({"message": "Hello, World!"})


@require_GET
def user(request, id):
    return JsonResponse({"id": id, "q": request.GET.get("q", "")})


@require_POST
def order(request, id):
    try:
        data = decode_order(request.body)
    except DecodeError as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return HttpResponse(encode(receipt(id, data)), content_type="application/json")


urlpatterns = [
    path("plaintext", plaintext),
    path("json", message),
    path("users/<int:id>", user),
    path("orders/<int:id>", order),
]
django.setup(set_prefix=False)
app = WSGIHandler()
