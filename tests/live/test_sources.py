"""A source's whole life on the command line: real embedder, real engine, a site that changes."""

import json
from typing import Any

from tests.fakes.web import Reply, page, serve
from tests.stacked import RunIngest

FERRY = (
    "<html lang=en><title>{name}</title><main><h1>{name}</h1><p>The {name} ferry leaves every day "
    "at {hour} in the morning, from the old pier below the lighthouse.</p>{more}</main></html>"
)


def ferry(name: str, hour: str, more: str = "") -> Reply:
    return page(FERRY.format(name=name, hour=hour, more=more))


def told(finished: Any) -> Any:
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_a_source_is_added_run_changed_taken_back_and_removed(run_ingest: RunIngest) -> None:
    links = '<ul><li><a href="/north">To the north</a></li><li><a href="/south">South</a></li></ul>'
    sitemap = "<urlset><url><loc>{}</loc></url></urlset>"

    def ingest(*arguments: str) -> Any:
        return told(run_ingest(*arguments, "--json"))

    routes = {
        "/": ferry("Island", "six", links),
        "/north": ferry("North", "seven"),
        "/south": ferry("South", "eight"),
        "/hidden": ferry("Hidden", "nine"),
    }
    with serve(routes) as web:
        listed = sitemap.format(web.url("/hidden"))
        web.routes["/sitemap.xml"] = Reply(body=listed, content_type="application/xml")
        ingest("sources", "add", "ferries", web.url("/"), "--kb", "life", "--allow-private")
        tried = ingest("sources", "run", "ferries", "--kb", "life", "--dry-run")
        for path in ("/", "/north", "/south", "/hidden"):
            assert web.url(path) in json.dumps(tried)
        assert ingest("search", "ferry", "--kb", "life")["hits"] == []

        [first] = ingest("sources", "run", "ferries", "--kb", "life")["reports"]
        assert first["pages"] == {"indexed": 4}
        web.routes["/north"] = ferry("North", "a quarter past ten")
        web.routes["/south"] = Reply(status=410)
        [second] = ingest("sources", "run", "ferries", "--kb", "life")["reports"]
        assert second["pages"] == {"unchanged": 2, "indexed": 1, "retired": 1}

        changed = json.dumps(ingest("diff", second["run"]))
        assert "a quarter past ten" in changed
        assert web.url("/south") in changed
        found = ingest("search", "When does the North ferry leave?", "--kb", "life")["hits"]
        assert "quarter past ten" in found[0]["text"]
        assert not any("South" in hit["title"] for hit in found)

        ingest("rollback", second["run"])
        found = ingest("search", "When does the South ferry leave?", "--kb", "life")["hits"]
        assert "South" in found[0]["title"]
        assert any("at seven" in hit["text"] for hit in found)

        gone = ingest("pages", "--kb", "life", "--state", "indexed")
        assert len(gone["pages"]) == 4
        ingest("sources", "remove", "ferries", "--kb", "life", "--yes")
    assert ingest("search", "ferry", "--kb", "life")["hits"] == []
    assert [kb for kb in ingest("status")["kbs"] if kb["kb"] == "life"] == []
