"""Bringing a file in: its columns, what is wrong in it, the import, and taking it back."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange import import_actions, mapping
from exchange.import_forms import ColumnsForm, FileForm, RowForm
from exchange.import_models import ImportBatch, ImportRow
from exchange.import_words import BATCH_TONES, FIELDS as LABELS, ROW_TONES
from exchange.mapping import FIELDS
from identity.access import staff_only, who
from identity.members import ADMIN
from parvis.exports import download, to_csv


SAMPLE_ROWS = 4
ROWS_A_PAGE = 30
BATCHES_SHOWN = 50
REFRESH_S = "3"
AT_WORK = {ImportBatch.State.QUEUED, ImportBatch.State.RUNNING, ImportBatch.State.UNDOING}
TO_LOOK_AT = ("wrong", "refused", "kept")


@require_safe
@staff_only(ADMIN)
def imports(request: HttpRequest) -> HttpResponse:
    """List what was brought in, the newest first."""
    batches = [
        (each, BATCH_TONES.get(each.state, "neutral"))
        for each in ImportBatch.objects.all()[:BATCHES_SHOWN]
    ]
    return render(request, "exchange/imports.html", {"batches": batches})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def new_import(request: HttpRequest) -> HttpResponse:
    """Take a file, and go on to its columns."""
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        batch = import_actions.receive_file(
            kind=form.cleaned_data["kind"],
            table=form.cleaned_data["file"],
            file_name=request.FILES["file"].name or "",  # type: ignore[union-attr]
            by=who(request),
            now=timezone.now(),
        )
        return redirect("exchange:import_columns", batch.pk)
    return _form(request, "exchange/import_new.html", form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which column seems to hold what, and check all rows as chosen."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if batch.state != ImportBatch.State.DRAFT:
        return redirect("exchange:import", pk)
    form = ColumnsForm(batch, request.POST or None)
    if form.is_bound and form.is_valid():
        import_actions.choose_columns(
            batch=batch,
            columns=form.columns,
            date_order=form.cleaned_data.get("date_order", batch.date_order),
            settings=form.settings,
            now=timezone.now(),
        )
        return redirect("exchange:import", pk)
    _order, is_proved = import_actions.guess_order(batch)
    context = {
        "batch": batch,
        "sample": [row.cells for row in batch.rows.all()[:SAMPLE_ROWS]],
        "is_proved": is_proved or batch.kind == "staff",  # which has no dates
        "columns": [form[name] for name in form.column_names],
        "others": [form[name] for name in form.other_names],
    }
    return _form(request, "exchange/import_columns.html", form, context)


@require_safe
@staff_only(ADMIN)
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what would be imported and what is wrong; later, how far it is and what became of it."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if not batch.is_mapped:
        return redirect("exchange:import_columns", pk)
    counts = import_actions.tally(batch)
    shown = [*TO_LOOK_AT, "unchanged"] if batch.kind == "staff" else TO_LOOK_AT
    rows = batch.rows.filter(state__in=shown)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    total = sum(counts.values())
    waits_for = "created" if batch.state == ImportBatch.State.UNDOING else "ready"
    context = {
        "batch": batch,
        "tone": BATCH_TONES.get(batch.state, "neutral"),
        "counts": counts,
        "figures": [(ImportRow.State(key).label, n) for key, n in counts.items() if n],
        "page_obj": page,
        "rows": [_row(row, batch) for row in page],
        "is_at_work": batch.state in AT_WORK,
        "done": total - counts[waits_for],
        "total": total,
        "may_undo": import_actions.may_undo(batch),
    }
    answer = render(request, "exchange/import.html", context)
    if batch.state in AT_WORK:
        answer["Refresh"] = REFRESH_S
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def import_row(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Correct one row, by a proposal or by hand, and go back to what is still wrong."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    row = get_object_or_404(ImportRow, batch=batch, line=line)
    if batch.state != ImportBatch.State.DRAFT:
        return redirect("exchange:import", pk)
    values = mapping.said(row.cells, batch.columns)
    proposed = request.POST.get("proposal", "")
    now = timezone.now()
    if proposed.isascii() and proposed.isdigit() and int(proposed[:3]) < len(row.proposals):
        changes = row.proposals[int(proposed[:3])][1]
        import_actions.correct_row(batch=batch, row=row, values=changes, now=now)
        return redirect("exchange:import", pk)
    form = RowForm(batch, values, request.POST if "save" in request.POST else None)
    if form.is_bound and form.is_valid():
        row = import_actions.correct_row(batch=batch, row=row, values=form.changes, now=now)
        if row.state != ImportRow.State.WRONG:
            return redirect("exchange:import", pk)
        form.add_error(row.field if row.field in form.fields else None, row.message)
    context = {"batch": batch, "row": row, "label": LABELS.get(row.field, "")}
    return _form(request, "exchange/import_row.html", form, context)


@require_safe
@staff_only(ADMIN)
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the rows that are wrong as a file to correct and bring in again."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    rows = batch.rows.filter(state__in=["wrong", "refused"])
    wide = len(batch.header)
    table = (
        [*[*row.cells, *[""] * wide][:wide], row.message]
        for row in rows.iterator(chunk_size=1_000)
    )
    return download(to_csv([*batch.header, _("À corriger")], table), f"corrections-{pk}.csv")


@require_POST
@staff_only(ADMIN)
def start_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the rows that can be imported be."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    import_actions.start(batch=batch, now=timezone.now())
    return redirect("exchange:import", pk)


@require_POST
@staff_only(ADMIN)
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was imported."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    import_actions.start_undoing(batch=batch, by=who(request), now=timezone.now())
    return redirect("exchange:import", pk)


@require_POST
@staff_only(ADMIN)
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file."""
    import_actions.discard(batch=get_object_or_404(ImportBatch, pk=pk))
    return redirect("exchange:imports")


def _form(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def _row(row: ImportRow, batch: ImportBatch) -> dict[str, Any]:
    values = mapping.said(row.cells, batch.columns)
    told = [values[field.name] for field in FIELDS[batch.kind] if values.get(field.name)]
    return {
        "line": row.line,
        "href": reverse("exchange:import_row", args=[batch.pk, row.line])
        if batch.state == ImportBatch.State.DRAFT
        else "",
        "told": " · ".join(told)[:120],
        "field": LABELS.get(row.field, ""),
        "message": row.message,
        "state": row.get_state_display(),
        "tone": ROW_TONES.get(row.state, "neutral"),
    }
