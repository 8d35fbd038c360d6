from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="-", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


def home(request):
    return HttpResponse("Hello, World!")


urlpatterns = [path("", home)]
app = get_wsgi_application()
