"""The command `tieout` with its groups, and how every error becomes one sentence and an exit code."""

from __future__ import annotations

import os
from typing import Any

import click
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from cli.adopt import adopt
from cli.alerts import alerts
from cli.attention import attention
from cli.connections import connections
from cli.currencies import currencies
from cli.database import database
from cli.doctor import doctor
from cli.documents import documents
from cli.drift import drift
from cli.errors import BY_EXIT_CODE, CouldNotRunError, WrongError
from cli.events import events
from cli.history import history
from cli.jobs import jobs
from cli.lists import lists
from cli.overview import overview
from cli.payments import payments
from cli.products import products
from cli.remedies import render
from cli.report import report
from cli.settings import settings
from cli.suppliers import suppliers
from cli.tasks import tasks
from cli.taxes import taxes
from cli.usage import usage
from cli.users import users
from mappers.documents.reading import UnreadableDocument
from mappers.policy import UnreadablePolicy
from outbound.errors import RemoteError
from settings import WrongSettingsError
from store.base import NoKeyError, OpenKeysError, described
from workers.errors import NotPossibleError

HELP = ["-h", "--help"]


class Tieout(click.Group):
    """A group that turns our errors into messages without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command and translate what it raises."""
        try:
            return super().invoke(ctx)
        except (WrongSettingsError, NoKeyError, OpenKeysError) as error:
            raise CouldNotRunError(str(error)) from error
        except SQLAlchemyError as error:
            raise CouldNotRunError(f"The database cannot be used ({described(error)}). See: tieout doctor") from error
        except RedisError as error:
            raise CouldNotRunError(f"Redis cannot be used ({error}). See: tieout doctor") from error
        except RemoteError as error:
            raise WrongError(f"{error.sentence} {error.remedy}") from error
        except NotPossibleError as error:
            raise BY_EXIT_CODE[error.exit_code](_explained(error)) from error
        except (UnreadableDocument, UnreadablePolicy) as error:
            raise WrongError(str(error)) from error
        except OverflowError as error:
            raise click.UsageError("A number is too large: nothing has a number with so many digits.") from error


def _explained(error: NotPossibleError) -> str:
    """Return what is not possible, and the remedy with its commands."""
    return f"{error.sentence} {render(error.remedy)}" if error.remedy else error.sentence


@click.group(cls=Tieout, context_settings={"help_option_names": HELP, "max_content_width": 100})
@click.version_option(package_name=None, version="0.1.0", prog_name="tieout")
@click.pass_context
def tieout(ctx: click.Context) -> None:
    """Keep Precoro and QuickBooks Online in agreement.

    Data goes to standard output, messages to standard error. Exit codes: 0 done; 1 something is wrong, held or refused;
    2 wrong usage, or it could not run (settings, database, Redis); 3 what was named does not exist.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for command in (
    doctor, overview, connections, attention, alerts, report, settings, suppliers, lists, products, taxes, currencies, adopt, documents, drift, payments, events, jobs, tasks, history, usage,
    users,
    database,
):  # fmt: skip
    tieout.add_command(command)
