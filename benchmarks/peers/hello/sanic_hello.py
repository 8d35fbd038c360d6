from sanic import Sanic, text

app = Sanic("hello")


@app.get("/")
async def home(request):
    return text("Hello, World!")
