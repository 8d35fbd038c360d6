"""The blog, as its clients meet it; on whatever database DATABASE_URL names."""

from datetime import UTC, datetime

import pytest
from app import first_posts

from blog.models import Author, Comment, Post, Tag

DAY = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)


@pytest.fixture
def ada(make):
    return make(Author, name="Ada")


def new(author, title="Dune and Emma", **more):
    return {"title": title, "body": "...", "author": author.id, **more}


def test_a_post_is_written_with_its_tags(client, db, ada):
    post = new(ada, tags=["sand", "sea", "sand"], published=DAY.isoformat())
    answer = client.post("/api/posts", json=post)

    assert answer.status == 201, answer.text
    assert answer.json()["post"]["slug"] == "dune-and-emma"
    assert sorted(tag["name"] for tag in answer.json()["tags"]) == ["sand", "sea"]
    assert db.one(Post).published == DAY
    assert client.get("/api/tags").json() == {"sand": 1, "sea": 1}


def test_a_post_is_written_as_a_whole_or_not_at_all(client, db, ada):
    answer = client.post("/api/posts", json=new(ada, tags=["sand", "x" * 50]))

    assert answer.status == 422
    assert (db.count(Post), db.count(Tag)) == (0, 0)


def test_what_does_not_fit_is_told(client, ada):
    nobody = client.post("/api/posts", json={**new(ada), "author": 99})
    long = client.post("/api/posts", json=new(ada, title="x" * 200))
    client.post("/api/posts", json=new(ada))
    twice = client.post("/api/posts", json=new(ada))

    assert nobody.status == 422
    assert long.status == 422
    assert {each["name"] for each in long.json()["errors"]} == {"title", "slug"}
    assert (twice.status, twice.json()["title"]) == (409, "Conflict")


def test_posts_are_found_by_filters(client, make, ada):
    sand = make(Tag, name="sand")
    make(Post, title="Dune", author=ada, published=DAY, tags=[sand])
    make(Post, title="Emma", published=DAY)
    make(Post, title="A draft")

    def titles(query=""):
        items = client.get(f"/api/posts{query}").json()["items"]
        return sorted(item["title"] for item in items)

    assert titles() == ["Dune", "Emma"]
    assert titles("?tag=sand") == ["Dune"]
    assert titles(f"?author={ada.id}") == ["Dune"]
    assert titles("?words=MM") == ["Emma"]
    assert titles("?drafts=yes") == ["A draft", "Dune", "Emma"]
    assert client.get("/api/posts?tagg=sand").status == 422


def test_posts_come_in_pages(client, db, make):
    make.many(5, Post, published=DAY, written=DAY)
    seen, after = [], ""
    while after is not None:
        with db.max_queries(3):  # the posts, with their authors, and their comments
            page = client.get(f"/api/posts?size=2{after}").json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"] and f"&after={page['next']}"

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_post_is_changed_and_deleted(client, db, make):
    post = make(Post, slug="dune", title="Dune", published=DAY)
    make(Comment, post=post)
    changed = client.patch("/api/posts/dune", json={"title": "Dune!"})
    nulled = client.patch("/api/posts/dune", json={"published": None})
    gone = client.delete("/api/posts/dune")

    assert (changed.json()["title"], changed.json()["body"]) == ("Dune!", post.body)
    assert nulled.json()["published"] is None
    assert gone.status == 204
    assert (db.count(Post), db.count(Comment)) == (0, 0)
    assert client.delete("/api/posts/dune").status == 404


def test_a_comment_needs_a_published_post(client, make):
    make(Post, slug="dune", published=DAY)
    make(Post, slug="draft")
    said = client.post("/api/posts/dune/comments?name=Bob&text=Nice")
    early = client.post("/api/posts/draft/comments?name=Bob&text=Nice")
    empty = client.post("/api/posts/dune/comments?name=Bob&text=")

    assert (said.status, said.json()["text"]) == (201, "Nice")
    assert early.status == 404
    assert empty.status == 422
    assert client.get("/api/posts/dune").json()["comments"][0]["name"] == "Bob"


def test_a_new_blog_can_be_filled(client, db):
    first_posts(db)

    assert client.get("/").json()["tags"] == {"music": 1, "python": 1}
    assert (
        client.get("/latest", follow_redirects=True).json()["author"]["name"] == "Ada"
    )
    assert client.get("/api/authors").json()[0]["email"] == "ada@example.org"
    assert (
        client.post("/api/authors", json={"name": "Eve", "email": "e@f"}).status == 201
    )
