"""Feature files become items: modes, rows, names, tags, records."""

from __future__ import annotations


def test_each_scenario_runs_once_per_mode_and_row(creation):
    assert creation.collected() == [
        "Publish five files[local]",
        "Publish five files[multiuser]",
        "Publish in local mode[local]",
        "Publish several[local-few]",
        "Publish several[multiuser-few]",
        "Publish several[local-many]",
        "Publish several[multiuser-many]",
    ]


def test_node_ids_begin_with_the_path_of_the_feature(creation):
    result = creation.run("--collect-only", "-q")
    assert "features/creation.feature::Publish five files[local]" in result.outlines


def test_the_items_run_with_references_resolved(creation):
    creation.sentences("""
        @when(parse("{persona:Persona} did it with {dataset:Text} in the mode asked for"))
        def did(package, signed_in, persona, dataset, mode):
            assert package["by"] == persona == "test-user"
            assert package["dataset"] == dataset
            assert signed_in == [persona, mode]
    """)
    creation.feature(
        """
        Feature: Resolving
          @CREA-7
          Scenario: Resolve
            Given Dana is signed in
            When she publishes 5 files of the "simple-csv" dataset
            And Dana did it with SIMPLE-CSV in the mode asked for
        """,
        "resolving.feature",
    )
    creation.run().assert_outcomes(passed=9)


def test_one_mode(creation):
    assert creation.collected("--backend", "multiuser") == [
        "Publish five files[multiuser]",
        "Publish several[multiuser-few]",
        "Publish several[multiuser-many]",
    ]


def test_an_unknown_mode_is_one_line(creation):
    result = creation.run("--backend", "locl")
    assert result.ret == 4
    assert result.stderr.lines[0] == (
        'ERROR: --backend: unknown mode "locl"; did you mean "local"? known: local, multiuser, both'
    )


def test_tags_are_marks(creation):
    assert creation.collected("-m", "smoke") == ["Publish five files[local]", "Publish five files[multiuser]"]
    assert creation.collected("-m", "CREA-2") == ["Publish in local mode[local]"]
    assert creation.collected("-m", "severity(level='critical')") == ["Publish in local mode[local]"]
    assert len(creation.collected("-m", "not smoke and not CREA-2")) == 4


def test_a_misspelt_mark_is_one_line(creation):
    result = creation.run("-m", "smok and not slow")
    assert result.ret == 4
    assert 'ERROR: -m: unknown tag "smok"; did you mean "smoke"?' in result.stderr.str()


def test_keywords_reach_names_rules_and_modes(creation):
    assert creation.collected("-k", "several and many and local") == ["Publish several[local-many]"]
    assert len(creation.collected("-k", "published")) == 3


def test_rows_with_one_name_are_told_apart(suite):
    suite.feature("""
        Feature: Rows
          @CREA-1
          Scenario Outline: Rows
            Given <who> is signed in
            When <who> publishes <count> files of the "nested" dataset

            Examples:
              | who  | count                                                             |
              | Dana | 1                                                                 |
              | Dana | 2                                                                 |

            Examples: more
              | case                                                              | who | count |
              |                                                                   | Lee | 1     |
              | Zoë's [very] long::case that nobody would ever want to read in full | Lee | 1     |
    """)
    assert suite.collected("features/creation.feature", "--backend", "local") == [
        "Rows[local-Dana]",
        "Rows[local-Dana (2)]",
        "Rows[local-empty]",
        "Rows[local-Zoe's very long case that nobody woul...]",
    ]


def test_tags_of_examples_belong_to_their_rows(suite):
    suite.feature("""
        Feature: Rows
          @CREA-1
          Scenario Outline: Rows
            Given <who> is signed in

            @smoke
            Examples:
              | who  |
              | Dana |
            @local_mode
            Examples:
              | who |
              | Lee |
    """)
    path = "features/creation.feature"
    assert suite.collected(path) == ["Rows[local-Dana]", "Rows[multiuser-Dana]", "Rows[local-Lee]"]
    assert suite.collected(path, "-m", "smoke") == ["Rows[local-Dana]", "Rows[multiuser-Dana]"]


def test_repetitions_keep_working(creation):
    names = creation.collected("--count", "2", "--backend", "local", "-m", "smoke")
    assert names == ["Publish five files[local-1-2]", "Publish five files[local-2-2]"]


def test_other_plugins_find_the_record(creation):
    creation.pytester.makeconftest("""
        from environment.gherkin.records import SCENARIO, TEMPLATE

        def pytest_itemcollected(item):
            record = item.stash[SCENARIO]
            steps = item.stash[TEMPLATE].render(record.example or {}).steps
            print("RECORD", record.feature_path, record.feature, record.rule, record.name,
                  record.line, record.mode, list(record.tags), record.requirements, record.example,
                  record.example_line, steps[1].name, sep="|")
    """)
    result = creation.run("--collect-only", "-q", "-s", "--backend", "local")
    records = [line for line in result.outlines if line.startswith("RECORD")]
    five, row = creation.line("Scenario: Publish five"), creation.line("Outline:")
    assert records[0] == (
        f"RECORD|features/creation.feature|Creation|What is published is there|Publish five files|{five}|local|"
        "['CREA-1', 'smoke']|('CREA-1',)|None|None|she publishes 5 files of the \"simple-csv\" dataset"
    )
    assert records[-1] == (
        f"RECORD|features/creation.feature|Creation|Numbers are right|Publish several|{row}|local|['CREA-3']|"
        f"('CREA-3',)|{{'case': 'many', 'count': '1,000'}}|{row + 7}|she publishes 1,000 files of the \"nested\" "
        "dataset"
    )
