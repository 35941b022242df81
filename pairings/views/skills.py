from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists, skill_list
from pairings.actions import skills as actions
from pairings.models import Skill
from pairings.profile_forms import SkillNameForm
from preceptor.http import Conflict, MemberRequest, redirect, render, whole


@require_GET
def skills(request: MemberRequest) -> HttpResponse:
    access.require_list_writer(request.membership)
    filters = lists.filters_in(request.GET)
    rows = skill_list.skills_of(request.organisation.pk, filters)
    unused = Skill.objects.filter(organisation=request.organisation.pk).unused()
    context = {
        "filters": filters,
        "page": lists.page_of(rows, filters),
        "unused": unused.count(),
    }
    return render(request, "pairings/skills.html", context)


@require_http_methods(["GET", "POST"])
def edit_skill(request: MemberRequest, pk: int) -> HttpResponse:
    """Renames; a name that the list has is asked about and then merges the two."""
    skill = access.skill_to_write(request.membership, pk)
    form = SkillNameForm(request.POST or None, initial={"name": skill.name})
    merge = None
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        into = actions.namesake(skill, name)
        if into is None:
            actions.rename_skill(actor=request.membership, skill=skill, name=name)
            messages.success(
                request, _("It is called “%(name)s” now.") % {"name": name}
            )
            return redirect(request, "pairings:skills")
        merge = actions.merge_of(skill, into)
        if whole(request.POST.get("into")) == into.pk:
            return _merge(request, merge)
    context = {
        "skill": skill,
        "form": form,
        "merge": merge,
        "names": skill_list.suggested_skills(request.organisation.pk),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/edit_skill.html", context, status=status)


def _merge(request: MemberRequest, merge: actions.Merge) -> HttpResponse:
    actions.merge_skills(actor=request.membership, skill=merge.skill, into=merge.into)
    text = _("“%(skill)s” is merged into “%(into)s”.")
    messages.success(request, text % {"skill": merge.skill, "into": merge.into})
    return redirect(request, "pairings:skills")


@require_http_methods(["GET", "POST"])
def remove_skills(request: MemberRequest) -> HttpResponse:
    access.require_list_writer(request.membership)
    if request.method == "POST":
        asked = {whole(pk) for pk in request.POST.getlist("skill")}
        gone = actions.remove_skills(actor=request.membership, skills=asked)
        if asked and not gone:
            raise Conflict(_("Nothing was removed: somebody names them by now."))
        text = ngettext("%(n)s skill removed.", "%(n)s skills removed.", gone)
        messages.success(request, text % {"n": gone})
        return redirect(request, "pairings:skills")
    unused = Skill.objects.filter(organisation=request.organisation.pk).unused()
    return render(request, "pairings/remove_skills.html", {"skills": unused})
