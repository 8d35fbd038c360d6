from robyn import Robyn

app = Robyn(__file__)


@app.get("/")
async def home(request):
    return "Hello, World!"
