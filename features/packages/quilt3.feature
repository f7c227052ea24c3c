Feature: Working with quilt3 and quilt-mcp on the same packages
  Some colleagues work with quilt3 in their own programs, and have never heard of quilt-mcp. What is made with one of the
  two must be complete for users of the other.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A package is the same, whichever tool made it

    @CREA-12 @severity:critical
    Scenario: A package that was published can be installed with quilt3
      Given Lee, a reviewer, is signed in
      When Dana publishes a package from the "nested-structure" dataset
      And Lee installs it with quilt3
      Then he gets every file of it, byte for byte

    @CREA-12 @UPD-3 @severity:critical
    Scenario: An earlier revision can still be installed with quilt3
      Given Lee, a reviewer, is signed in
      And Dana has published the package "doses" with these files, with "draft" as its status:
        | file      | content |
        | doses.csv | 12 rows |
      When Dana replaces "doses.csv" in it with a corrected file, a second later, with "final" as its status
      And Lee installs the first revision of the package "doses" with quilt3
      Then he gets every file of the first revision of the package "doses", byte for byte
      And he sees the metadata of its first revision

    @CREA-12 @UPD-1 @severity:critical
    Scenario: A package that quilt3 pushed can be seen and added to
      Given Dana has pushed a package with quilt3, with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And these files in the packages bucket:
        | file       | content |
        | plot-3.csv | 7 rows  |
      When Dana adds the file "plot-3.csv" to the package
      And she installs the package with quilt3
      Then she gets every file of the package, byte for byte
      And she can see every file of the package, and no others
      And the first revision of the package is unchanged

    @CREA-12 @UPD-1 @severity:critical @embedded_only
    Scenario: Colleagues add to the same package with quilt-mcp and with quilt3
      Given Dana has published the package "atlas" with these files, with "lung" as its organ:
        | file       | content |
        | plot-1.csv | 12 rows |
      And Omar, a new colleague with the role "user", is signed in
      When Omar adds these files to the package "atlas" with quilt3, with the message "Heart", a second later:
        | file       | content |
        | plot-2.csv | 9 rows  |
      And Dana adds the "single-file" dataset to the package "atlas", a second later
      Then Dana can see every file of the package "atlas", and no others
      And its second revision has the message "Heart"
      And its first revision and its latest revision have the same metadata
      And every file of its second revision is still in the package "atlas", with the same place and size

    @CREA-12 @UPD-4 @severity:critical
    Scenario: Metadata and messages from quilt3 are kept when files are added to a package
      When Dana pushes the package "run" with quilt3, with these files, with the message "First run" and "RNA" as its assay:
        | file       | content |
        | counts.csv | 12 rows |
      And she adds the "single-file" dataset to the package "run", a second later, with "draft" as its status
      Then the first revision of the package "run" has the message "First run"
      And the package "run" has exactly this metadata:
        | field  | value |
        | assay  | RNA   |
        | status | draft |
      And the first revision of the package "run" is unchanged

    @CREA-12 @CONT-1 @severity:critical
    Scenario: What somebody noted about a file with quilt3 is shown to colleagues
      Given Lee, a reviewer, is signed in
      When Dana pushes the package "fields" with quilt3, with these files:
        | file       | content | metadata  |
        | plot-1.csv | 12 rows | sown late |
        | plot-2.csv | 9 rows  |           |
      And Lee browses the package "fields"
      Then he sees exactly the files of the package "fields", with their sizes
      And he sees the metadata of every file of the package "fields"

    @CREA-12 @CONT-1 @severity:critical
    Scenario: What somebody noted about a file that they added with quilt3 is shown to colleagues
      Given Lee, a reviewer, is signed in
      And Dana has published the package "fields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      When Dana adds these files to the package "fields" with quilt3, a second later:
        | file       | content | metadata       |
        | plot-2.csv | 9 rows  | flooded in May |
      And Lee browses the package "fields"
      Then he sees the metadata of every file of the package "fields"

    @CREA-12 @UPD-6 @severity:critical
    Scenario: What somebody noted about a file with quilt3 is kept when others are added to the package
      Given Lee, a reviewer, is signed in
      And Dana has pushed the package "fields" with quilt3, with these files, with "draft" as its status:
        | file       | content | metadata  |
        | plot-1.csv | 12 rows | sown late |
      When Dana adds the "single-file" dataset to the package "fields", a second later
      And Lee installs the first revision of the package "fields" with quilt3
      Then he sees the metadata of every file of its first revision
      And every file of its first revision is still in the package "fields", with the same place and metadata
