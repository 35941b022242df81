from hypothesis import given
from hypothesis import strategies as st

from reviews.file_list import file_list
from reviews.tree import DEEPEST, Folder, Leaf, Twig, tree


def leaf(number: int, path: str) -> Leaf:
    return Leaf(number=number, path=path, added=1, removed=0)


def drawn(branches: tuple[Folder | Twig, ...]) -> list[object]:
    return [
        one.name if isinstance(one, Twig) else (one.name, drawn(one.children))
        for one in branches
    ]


def grown(*paths: str) -> list[object]:
    return drawn(tree([leaf(number, path) for number, path in enumerate(paths, 1)]))


def test_chains_of_single_folders_are_one() -> None:
    assert grown("src/app/views/a.py", "src/app/views/b.py") == [
        ("src/app/views", ["a.py", "b.py"])
    ]
    assert grown("src/app/a.py", "src/b/c/d.py", "README") == [
        ("src", [("app", ["a.py"]), ("b/c", ["d.py"])]),
        "README",
    ]


def test_a_file_may_have_the_name_of_a_folder_and_appear_twice() -> None:
    assert grown("src/a", "src", "src", "src/b") == [("src", ["a", "b"]), "src", "src"]


def test_odd_slashes_are_names_too() -> None:
    assert grown("/etc/x", "a//b") == [("/etc", ["x"]), ("a/", ["b"])]


def test_the_list_of_files_escapes_their_names() -> None:
    html = file_list(tree([leaf(1, "a<b>/<script>"), leaf(2, "a<b>/c&d")]))
    assert "<details open><summary>a&lt;b&gt;/</summary>" in html
    assert '<span class="name">&lt;script&gt;</span>' in html
    assert 'data-leaf="2"' in html
    assert "c&amp;d" in html
    assert html.count("<li>") == html.count("</li>") == 3


@given(st.lists(st.text("ab/", min_size=1, max_size=60), max_size=40))
def test_every_file_is_in_it_once_under_its_path(paths: list[str]) -> None:
    def under(
        branches: tuple[Folder | Twig, ...], above: str = "", depth: int = 0
    ) -> list[tuple[str, Leaf]]:
        assert depth <= DEEPEST
        found = []
        for one in branches:
            if isinstance(one, Twig):
                found.append((above + one.name, one.leaf))
            else:
                assert one.children
                found += under(one.children, f"{above}{one.name}/", depth + 1)
        return found

    leaves = [leaf(number, path) for number, path in enumerate(paths, 1)]
    found = under(tree(leaves))
    assert sorted(found, key=lambda pair: pair[1].number) == [
        (one.path, one) for one in leaves
    ]
