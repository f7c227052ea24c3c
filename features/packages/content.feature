Feature: Looking into a package
  Before people use a package they look inside: which files it has, how large they are, what is known about them. Then
  they download one. What they see must be what was published, down to the byte and the last umlaut of a file name.

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
    Scenario: An empty file is shown with a size of zero
      Given the package "notes" with these files:
        | file     | content      |
        | todo.txt | empty        |
        | plan.txt | some content |
      When Dana browses the package "notes"
      Then she sees exactly the files of the package "notes", with their sizes

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

    @CONT-1 @severity:normal
    Scenario: What is known about a file is shown with it
      Given a package with these files:
        | file       | content | metadata       |
        | plot-1.csv | 12 rows | sown late      |
        | plot-2.csv | 9 rows  | flooded in May |
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes
      And she sees the metadata of every file of the package

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

    @CONT-4 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: A link leads where the catalog says when it answers with <redirect>
      Given the catalog, asked for a file, answers with <redirect>
      When Dana asks for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      Then she is given the address that the catalog redirects to

      Examples:
        | redirect       |
        | a 301 redirect |
        | a 302 redirect |
        | a 303 redirect |
        | a 307 redirect |
        | a 308 redirect |

    @CONT-5 @severity:normal
    Scenario: There is no link to a folder
      When Dana asks for a link to "metadata" in the package "test-user/nested-structure"
      Then she is refused: invalid

    @CONT-6 @severity:critical
    Scenario: There is no link to a file that does not exist
      When Dana asks for a link to the missing file "metadata/no-such-file.json" in the package "test-user/nested-structure"
      Then she is refused: not found
      And the error names "metadata/no-such-file.json"

    @CONT-4 @severity:critical
    Scenario: A link leads to the requested package, whatever was requested before
      Given the package "north" with these files:
        | file       | content  |
        | yields.csv | "1, 6.2" |
      And the package "south" with these files:
        | file       | content  |
        | yields.csv | "1, 6.3" |
      When Dana browses the packages "north" and "south"
      Then Dana can download "yields.csv" from the package "north", byte for byte
      And Dana can download "yields.csv" from the package "south", byte for byte

    @CONT-4 @UPD-3 @severity:critical
    Scenario: A link that was sent out still gives the file as it was
      Given Dana has published the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And she has asked for a link to "yields.csv" in it
      When she replaces "yields.csv" in it with a corrected file
      And she asks for another link to "yields.csv" in it
      Then the first link still gives "yields.csv" of the first revision
      And the second link gives "yields.csv" of the latest revision

    @CONT-4 @severity:critical
    Scenario: A file that was deleted from S3 is reported as gone, and the others can still be downloaded
      Given Lee, a reviewer, is signed in
      And Dana has published the package "yields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And she has asked for a link to "plot-1.csv" in it
      When somebody deletes the file "plot-1.csv" from S3
      And Lee downloads "plot-1.csv" from the package
      Then he is refused: not found
      And that link no longer gives "plot-1.csv" of the package
      And he can download "plot-2.csv" from the package, byte for byte

  Rule: However a path is written, it leads to the same place or is refused

    @CONT-2 @severity:normal
    Scenario Outline: A folder written with <care> leads to that folder, or is refused
      When Dana opens the missing folder "<folder>" of the package "test-user/nested-structure"
      Then she is refused: invalid or not found, or sees exactly these entries:
        | path                 | type |
        | metadata/README.md   | file |
        | metadata/schema.json | file |

      Examples:
        | care                  | folder           |
        | a slash at its end    | metadata/        |
        | a slash before it     | /metadata        |
        | two slashes at its end | metadata//      |
        | a dot before it       | ./metadata       |
        | a detour              | data/../metadata |
        | capitals              | METADATA         |
        | an encoded letter     | %6Detadata       |

    @CONT-4 @severity:normal
    Scenario Outline: A file written with <care> leads to that file, or is refused
      When Dana asks for a link to the missing file "<path>" in the package "test-user/nested-structure"
      Then she is refused: invalid or not found, or gets "metadata/schema.json" of the package, byte for byte

      Examples:
        | care                  | path                                |
        | a slash before it     | /metadata/schema.json               |
        | two slashes before it | //metadata/schema.json              |
        | two slashes inside    | metadata//schema.json               |
        | a slash at its end    | metadata/schema.json/               |
        | a dot before it       | ./metadata/schema.json              |
        | a detour              | data/../metadata/schema.json        |
        | capitals              | metadata/SCHEMA.json                |
        | an encoded slash      | metadata%2Fschema.json              |
        | a query string        | metadata/schema.json?versionId=none |

  Rule: A package whose list of files is lost is not mistaken for an empty one

    @CONT-1 @CONT-8 @severity:critical
    Scenario Outline: Nobody who <attempt> mistakes a lost list of files for an empty package
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And the registry has lost the list of files of the package "yields"
      When Dana <attempt>
      Then she is refused: not found or the service failed

      Examples:
        | attempt                                                               |
        | browses the package "yields"                                          |
        | reads the metadata of the package "yields"                            |
        | asks for a link to "yields.csv" in the package "yields"               |
        | compares the package "yields" with the package "test-user/simple-csv" |
        | adds the "single-file" dataset to the package "yields"                |

  Rule: A file can be seen and fetched under any name that S3 allows

    @CONT-9 @severity:critical
    Scenario Outline: A file whose name has <care> can be seen and fetched
      Given a package with these files:
        | file   | content |
        | <name> | 3 rows  |
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes
      And she can download every file from it, byte for byte

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
      And she can download every file from it, byte for byte
