Feature: Looking into a package
  Before anyone uses a package they look inside: which files, how large, what is said about them. Then they fetch
  one. What they see must be what was published, down to the byte and to the last umlaut of a file name.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A folder shows what is directly in it

    @CONT-1 @smoke @severity:blocker
    Scenario: Look at the top of a package
      When she browses "test-user/nested-structure"
      Then she sees exactly these entries:
        | path     | type      |
        | data     | directory |
        | metadata | directory |
      And no folder has a size

    @CONT-2 @severity:critical
    Scenario: Look into a folder
      When she looks into "metadata" of "test-user/nested-structure"
      Then she sees exactly these entries:
        | path                 | type |
        | metadata/README.md   | file |
        | metadata/schema.json | file |
      And every file has the size that it has in "test-user/nested-structure"

    @CONT-3 @severity:critical
    Scenario: Look into a folder that is not there
      When she looks into "no/such/folder" of "test-user/nested-structure"
      Then she is refused with a NotFoundError
      And the error names "no/such/folder"

    @CONT-7 @severity:normal
    Scenario: Look into a package of a hundred files
      Given a package of 100 files in one folder
      When she browses that folder
      Then she sees all 100 files
      And it took less than 5 s and less than 100 MB of memory

    @CONT-8 @severity:critical
    Scenario: Read what is said about a package
      When she reads the metadata of "test-user/metadata-rich"
      Then the metadata are exactly those that "test-user/metadata-rich" was made with

    @CONT-3 @CONT-6 @CONT-8 @severity:critical
    Scenario Outline: Ask for <part> of a package that is not there
      When she <attempt>
      Then she is refused with a NotFoundError
      And the error names "test-user/no-such-package"

      Examples:
        | part         | attempt                                                     |
        | the files    | browses "test-user/no-such-package"                         |
        | the metadata | reads the metadata of "test-user/no-such-package"           |
        | a file       | asks for a link to "data.csv" in "test-user/no-such-package" |

  Rule: A download link gives the file's bytes, for a while

    @CONT-4 @exclusive @smoke @severity:blocker
    Scenario: Download a file
      When she asks for a link to "metadata/schema.json" in "test-user/nested-structure"
      Then whoever has the link gets "metadata/schema.json" of "test-user/nested-structure" without signing in
      And the link is refused once it has expired

    @CONT-5 @severity:normal
    Scenario: Ask for a link to a folder
      When she asks for a link to "metadata" in "test-user/nested-structure"
      Then she is refused with a ValidationError

    @CONT-6 @severity:critical
    Scenario: Ask for a link to a file that is not there
      When she asks for a link to "metadata/no-such-file.json" in "test-user/nested-structure"
      Then she is refused with a NotFoundError
      And the error names "metadata/no-such-file.json"

  Rule: Any name that S3 allows can be looked at and fetched

    @CONT-9 @severity:critical
    Scenario Outline: Fetch a file whose name has <care>
      Given a package with a file named "<name>"
      When she browses that package
      Then she sees exactly that file
      And she gets the file's bytes through a link to it

      Examples:
        | care                   | name           |
        | spaces                 | two words.txt  |
        | umlauts                | Größe.txt      |
        | a plus sign            | a+b.txt        |
        | a percent sign         | 100%25.txt     |
        | a hash sign            | take#2.txt     |
        | a question mark        | why?.txt       |
        | dots as for the parent | ..hidden...txt |
        | Chinese characters     | 数据.txt       |

    @CONT-9 @severity:normal
    Scenario: Fetch a file whose name is as long as S3 allows
      Given a package with a file whose name is 960 letters long
      When she browses that package
      Then she sees exactly that file
      And she gets the file's bytes through a link to it
