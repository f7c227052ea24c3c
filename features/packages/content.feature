Feature: Looking into a package
  Before people use a package they look inside: which files, how large, what is known about them. Then they fetch
  one. What they see must be what was published, down to the byte and to the last umlaut of a file name.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A folder shows what is directly in it

    @CONT-1 @smoke @severity:blocker
    Scenario: The top of a package shows its folders
      When Dana browses the package "test-user/nested-structure"
      Then she sees exactly these entries:
        | path     | type      |
        | data     | directory |
        | metadata | directory |
      And she sees the right size for every file, and no size for folders

    @CONT-2 @severity:critical
    Scenario: A folder shows its files and their sizes
      When Dana opens the folder "metadata" of the package "test-user/nested-structure"
      Then she sees exactly these entries:
        | path                 | type |
        | metadata/README.md   | file |
        | metadata/schema.json | file |
      And she sees the right size for every file, and no size for folders

    @CONT-3 @severity:critical
    Scenario: A folder that does not exist cannot be opened
      When Dana opens the missing folder "no/such/folder" of the package "test-user/nested-structure"
      Then she is refused: not found
      And the error names "no/such/folder"

    @CONT-2 @severity:normal
    Scenario: The path of a file shows that file
      When Dana opens the folder "metadata/README.md" of the package "test-user/nested-structure"
      Then she sees exactly these entries:
        | path               | type |
        | metadata/README.md | file |
      And she sees the right size for every file, and no size for folders

    @CONT-7 @severity:normal
    Scenario: A package of a hundred files is shown quickly
      Given a package of 100 files
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes
      And it took less than 5 s and less than 100 MB of memory

    @CONT-8 @severity:critical
    Scenario: The metadata of a package is shown exactly
      When Dana reads the metadata of the package "test-user/metadata-rich"
      Then she sees the metadata of it

    @CONT-3 @CONT-6 @CONT-8 @severity:critical
    Scenario Outline: Nobody gets <part> of a package that does not exist
      When Dana <attempt> the package called "test-user/no-such-package"
      Then she is refused: not found
      And the error names "test-user/no-such-package"

      Examples:
        | part         | attempt                          |
        | the files    | browses                          |
        | the metadata | reads the metadata of            |
        | a file       | asks for a link to "data.csv" in |

  Rule: A download link gives the file's bytes, for a while

    @CONT-4 @exclusive @smoke @severity:blocker
    Scenario: A link to a file works for anyone, and expires
      When Dana asks for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      Then the link gives "metadata/schema.json" of the package to anyone, without signing in, until it expires

    @CONT-5 @severity:normal
    Scenario: There is no link to a folder
      When Dana asks for a link to "metadata" in the package "test-user/nested-structure"
      Then she is refused: invalid

    @CONT-6 @severity:critical
    Scenario: There is no link to a file that does not exist
      When Dana asks for a link to the missing file "metadata/no-such-file.json" in the package "test-user/nested-structure"
      Then she is refused: not found
      And the error names "metadata/no-such-file.json"

  Rule: Any name that S3 allows can be looked at and fetched

    @CONT-9 @severity:critical
    Scenario Outline: A file whose name has <care> can be seen and fetched
      Given a package with these files:
        | file   | content |
        | <name> | 3 rows  |
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes
      And she can download every file of it, byte for byte

      Examples:
        | care               | name           |
        | spaces             | two words.txt  |
        | umlauts            | Größe.txt      |
        | a plus sign        | a+b.txt        |
        | a percent sign     | 100%25.txt     |
        | a hash sign        | take#2.txt     |
        | a question mark    | why?.txt       |
        | leading dots       | ..hidden...txt |
        | Chinese characters | 数据.txt         |

    @CONT-9 @severity:normal
    Scenario: A file whose name is as long as S3 allows can be seen and fetched
      Given a package with a file whose name is 960 letters long
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes
      And she can download every file of it, byte for byte
