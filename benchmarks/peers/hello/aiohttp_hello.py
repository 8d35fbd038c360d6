from aiohttp import web


async def home(request):
    return web.Response(text="Hello, World!")


app = web.Application()
app.add_routes([web.get("/", home)])
