import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.crowd import Browser, Notes, action_of, fields_of, form_with, forms_of


PAGE = """
<header><form method="post" action="/langue/"><input name="langue" value="en"></form></header>
<main><form method="post" action="/creneaux/?persons=1&amp;a=b">
<input type="hidden" name="csrfmiddlewaretoken" value="t&amp;1">
<button type="submit" name="slot" value="2026-10-05T08:30+02:00">8 h 30</button></form>
<form method="post"><input type="email" name="email" value=""><input type="checkbox" name="ok">
</form></main>
"""


def test_the_crowd_reads_theforms_of_of_the_page_and_not_those_of_its_frame():
    assert len(forms_of(PAGE)) == 2


def test_the_crowd_sends_a_form_as_it_stands():
    form = form_with(PAGE, 'name="slot"')
    assert action_of(form) == "/creneaux/?persons=1&a=b"
    assert fields_of(form) == {"csrfmiddlewaretoken": "t&1"}
    assert fields_of(form_with(PAGE, 'name="email"')) == {"email": ""}


def test_a_browser_of_the_crowd_keeps_its_cookies_and_its_connection():
    async def talk():
        met = []

        async def answer(reader, writer):
            for _each in range(2):
                met.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(
                    b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 2\r\n\r\nok"
                )
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        notes = Notes()
        browser = Browser(
            server.sockets[0].getsockname()[1], "pauillac.localhost", "1.2.3.4", notes
        )
        bodies = [(await browser.get("/")).body for _each in range(2)]
        await browser.close()
        server.close()
        return met, bodies, notes

    with ThreadPoolExecutor(1) as apart:  # the browser of the journeys keeps a loop in this thread
        met, bodies, notes = apart.submit(lambda: asyncio.run(talk())).result()
    assert bodies == ["ok", "ok"]
    assert "Cookie: a=1" in met[1]
    assert notes.statuses == {"200": 2}
