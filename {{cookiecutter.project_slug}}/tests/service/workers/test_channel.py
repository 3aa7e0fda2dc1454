"""What a worker and its parent say to each other."""

import asyncio
import socket

import pytest

from {{ cookiecutter.package }}.service.workers.channel import Channel, Gone


def talk(conversation, **answers):
    """Run a conversation(asker, answerer's task), where the other end has these answers."""

    async def both():
        here, there = socket.socketpair()
        asker, answerer = await Channel.open(here, {}), await Channel.open(there, answers)
        tasks = [asyncio.create_task(each.run()) for each in (asker, answerer)]
        try:
            return await asyncio.wait_for(conversation(asker, answerer), 10)
        finally:
            for task in tasks:
                task.cancel()

    return asyncio.run(both())


async def slowly(given):
    await asyncio.sleep(given)
    return given


def test_answers_come_to_their_questions_in_any_order():
    async def conversation(asker, _):
        return await asyncio.gather(*(asker.ask("slowly", given) for given in (0.2, 0.1, 0)))

    assert talk(conversation, slowly=slowly) == [0.2, 0.1, 0]


def test_an_answer_that_nobody_waits_for_any_more_harms_nobody():
    async def conversation(asker, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asker.ask("slowly", 0.2), 0.05)
        return await asker.ask("slowly", 0.4)

    assert talk(conversation, slowly=slowly) == 0.4


def test_who_asks_a_process_that_ends_is_told():
    async def conversation(asker, answerer):
        asyncio.get_running_loop().call_later(0.1, answerer._writer.close)
        for _ in range(2):  # while it ends, and after
            with pytest.raises(Gone):
                await asker.ask("slowly", 5)

    talk(conversation, slowly=slowly)
