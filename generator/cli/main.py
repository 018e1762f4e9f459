"""The commands of `chartroom` and their options."""

import gc
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from generator import __version__
from generator.cli import words

Command = Callable[..., Any]


class _Ordered(click.Group):
    """Lists commands in the order of a day's work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _root_option(command: Command) -> Command:
    return click.option(
        "--root",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=None,
        help="Top of the repository. Default: the nearest folder upwards with values/site.yaml.",
    )(command)


def _services(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the names of services from their files, without reading them."""
    from generator.cli.output import default_root

    files = default_root().glob("values/*/*/*.yaml")
    return sorted(file.stem for file in files if file.stem.startswith(incomplete) and file.stem != "domain")


def _environments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from generator.cli.output import default_root

    return sorted(
        file.stem for file in default_root().glob("values/environments/*.yaml") if file.stem.startswith(incomplete)
    )


def _environment_option(
    required: bool = False, default: str = "the site's default_environment"
) -> Callable[[Command], Command]:
    return click.option(
        "--env",
        "environment",
        required=required,
        shell_complete=_environments,
        help=f"The environment. Default: {default}.",
    )


@click.group(cls=_Ordered, context_settings={"help_option_names": ["-h", "--help"]}, help=words.CLI)
@click.version_option(__version__, prog_name="chartroom")
def cli() -> None:
    """Describe each service in one short YAML file; get charts, Applications and reference pages."""


@cli.command(help=words.CHARTS)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a generated file differs from its source.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="What makes exit code 1.",
)
@click.option("--quiet", "-q", is_flag=True, help="Do not print warnings.")
@_root_option
def charts(check: bool, fail_on: str, quiet: bool, root: Path | None) -> None:
    """Write charts, Applications and reference pages from values/."""
    from generator.cli.charts import run_charts

    sys.exit(run_charts(root, check=check, fail_on=fail_on, quiet=quiet))


@cli.command(help=words.CHECK)
@click.option("--env", "environment", shell_complete=_environments, help="Only this environment. Default: all.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only this rule or category; may be repeated.")
@click.option(
    "--service", "services", multiple=True, shell_complete=_services, help="Only this service; may be repeated."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["text", "json", "sarif", "junit", "github", "markdown", "html"]),
    help="May be repeated. Default: text.",
)
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the last formats, in their order.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="What makes exit code 1.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Findings in this file are counted, new ones fail.",
)
@click.option("--write-baseline", type=click.Path(path_type=Path, dir_okay=False), help="Write down what is found now.")
@click.option(
    "--manifests",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, allow_dash=True),
    help="Judge YAML files, folders, charts or - that were not written here; may be repeated.",
)
@click.option(
    "--crds",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="With --manifests: files or folders with definitions of custom kinds.",
)
@click.option("--kubernetes", default="1.36", show_default=True, help="With --manifests: the Kubernetes version.")
@click.option("--no-cache", is_flag=True, help="Judge again, even where nothing changed since the last time.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Judge waivers as of this day. Default: today.")
@_root_option
def check(
    environment: str | None,
    rules: tuple[str, ...],
    services: tuple[str, ...],
    today: datetime | None,
    root: Path | None,
    **options: Any,
) -> None:
    """Judge everything: drift, schemas, rules, reachability, packing, frozen fields, waivers."""
    from generator.cli.output import default_root
    from generator.pipeline.press import start_press

    top = root or default_root()
    # It loads its engine while this process is still importing.
    with nullcontext() if options["manifests"] else start_press(top) as press:
        from generator.cli.check import run_check
        from generator.pipeline.check import Choice

        day = (today or datetime.now()).date()  # noqa: DTZ005 -- waivers end on the day of whoever runs this
        sys.exit(run_check(top, Choice(environment, rules, services), today=day, press=press, **options))


@cli.command(help=words.WAIVERS)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Count from this day. Default: today.")
@_root_option
def waivers(today: datetime | None, root: Path | None) -> None:
    """List waivers: whose they are, how old, and when they end."""
    from generator.cli.check import run_waivers

    sys.exit(run_waivers(root, (today or datetime.now()).date()))  # noqa: DTZ005 -- as above


@cli.group(help=words.POLICY)
def policy() -> None:
    """Work on rules: list them, run their tests and cases, write a new one."""


@policy.command("list", help=words.POLICY_LIST)
@_root_option
def policy_list(root: Path | None) -> None:
    """List every rule with its severity."""
    from generator.cli.policy import run_list

    sys.exit(run_list(root))


@policy.command("test", help=words.POLICY_TEST)
@click.argument("rules", nargs=-1)
@_root_option
def policy_test(rules: tuple[str, ...], root: Path | None) -> None:
    """Run the tests of rules, and see every case pass or fail as its folder says."""
    from generator.cli.policy import run_test

    sys.exit(run_test(root, rules))


@policy.command("new", help=words.POLICY_NEW)
@click.argument("name", metavar="CATEGORY/RULE")
@_root_option
def policy_new(name: str, root: Path | None) -> None:
    """Write a rule that works, with its test and a case for each verdict."""
    from generator.cli.policy import run_new

    sys.exit(run_new(root, name))


@policy.command("docs", help=words.POLICY_DOCS)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder. Default: the repository.")
@_root_option
def policy_docs(output: Path | None, root: Path | None) -> None:
    """Write a page for each rule, with what it refuses and accepts."""
    from generator.cli.policy import run_docs

    sys.exit(run_docs(root, output))


@cli.command(help=words.RENDER)
@click.argument("name", required=False, shell_complete=_services)
@_environment_option()
@_root_option
def render(name: str | None, environment: str | None, root: Path | None) -> None:
    """Print manifests as ArgoCD would render them, of a service, a domain, or all."""
    from generator.cli.charts import run_render

    sys.exit(run_render(root, name, environment))


@cli.command("list", help=words.LIST)
@_environment_option()
@click.option("--domain", help="Only this domain.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_root_option
def list_(environment: str | None, domain: str | None, as_json: bool, root: Path | None) -> None:
    """List services: where they live, whether they run, and which hosts they have."""
    from generator.cli.show import run_list

    sys.exit(run_list(root, environment, domain, as_json=as_json))


@cli.command(help=words.EXPLAIN)
@click.argument("service", shell_complete=_services)
@click.argument("field", required=False)
@_environment_option()
@_root_option
def explain(service: str, field: str | None, environment: str | None, root: Path | None) -> None:
    """Print each final value of a service with the file and line that it came from."""
    from generator.cli.show import run_explain

    sys.exit(run_explain(root, service, field, environment))


@cli.command(help=words.FIX)
@_root_option
def fix(root: Path | None) -> None:
    """Write the values that findings offer: free addresses for `ip: auto`, quotes, canonical numbers."""
    from generator.cli.edit import run_fix

    sys.exit(run_fix(root))


@cli.command(help=words.FROZEN)
@_root_option
def frozen(root: Path | None) -> None:
    """Write down what may never change of each object: selectors, claim classes, pod templates of Jobs."""
    from generator.cli.edit import run_frozen

    sys.exit(run_frozen(root))


@cli.command(help=words.DIFF)
@click.argument("base", default="HEAD", metavar="[BASE]")
@_environment_option(default="all of them")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(["never", "danger"]),
    default="never",
    show_default=True,
    help="What makes exit code 1.",
)
@_root_option
def diff(base: str, environment: str | None, form: str, fail_on: str, root: Path | None) -> None:
    """Show what a change does to the rendered fleet, and mark what is dangerous."""
    from generator.cli.diff import run_diff

    sys.exit(run_diff(root, base, environment=environment, form=form, fail_on=fail_on))


@cli.command(help=words.NEW)
@click.argument("path", metavar="TIER/DOMAIN[/SERVICE]")
@click.option("--domain", "is_domain", is_flag=True, help="Make a domain: PATH is tier/domain.")
@click.option("--summary", help="One line on what it is.")
@click.option("--category", help="Group on the reference pages.")
@click.option("--owner", help="Domain: who answers for it.")
@click.option("--image", help="registry/name:tag")
@click.option("--port", type=click.IntRange(0, 65535), help="HTTP port; 0 for none.")
@click.option("--probe", help="/path or tcp:http; tcp:http unless stated.")
@click.option("--cpu", default="50m", show_default=True, help="CPU request.")
@click.option("--memory", default="128Mi", show_default=True, help="Memory request.")
@click.option("--memory-limit", default="512Mi", show_default=True, help="Memory limit.")
@click.option("--host", help="Host name; none unless stated.")
@click.option("--gateway", default="lan", show_default=True, help="Gateway of the host.")
@_root_option
def new(path: str, is_domain: bool, root: Path | None, **answers: Any) -> None:
    """Write a new service file, or with --domain a new domain, that passes."""
    from generator.cli.edit import run_new

    sys.exit(run_new(root, path, is_domain=is_domain, answers=answers))


def main() -> None:
    """Run the command line. What cannot continue ends with one clear line and exit code 3."""
    from generator.finding import ChartroomError

    gc.disable()  # one short run: collecting costs a third of it and frees nothing that matters
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort as abort:  # click's word for Ctrl-C, at a question or at work
        at_work = isinstance(abort.__cause__, KeyboardInterrupt)
        click.echo("interrupted; every file is either as it was or as it should be" if at_work else "aborted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except ChartroomError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(3)
