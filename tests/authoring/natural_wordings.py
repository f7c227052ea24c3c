"""What product managers say, and the sentence that says it: a part of it as the list shows it."""

from __future__ import annotations

NATURAL_WORDINGS = {
    'Lee looks inside the package "yields"': "[browses|",
    'Dana uploads the "simple-csv" dataset as a new package': "has published] {package:NewPackage} from {files",
    'Dana corrects "a.csv" in the package "yields"': "[replaces|",
    'Lee downloads "a.csv" from the package "yields"': "[downloads|has downloaded] {path",
    "Lee gets all files of the package exactly as they were": "can download {path",
    "Dana is told that she is not allowed to do it": "is refused",
    "nothing has changed in the package": "{revision:Revision} is unchanged",
    'Ada creates a new account for Nora with the role "viewer"': "[creates|has created] a user for {user:NewUser} with",
    "Ada disables Nora's account": "[deactivates|",
    "Nora can't log in any more": "{can:Can} sign in",
    'Ada removes the table "harvest"': "{table:Table}{bucket:OfBucket}",
    "Dana runs a SQL query on the table": "[queries",
    "Lee can find the new package": "{persona:Persona} finds {package:Package}",
    'Dana searches for packages about "wheat"': '] for "{text',
    "the registry is down": "{service:Service} answers",
    "the registry is very slow": "takes {time:Duration} to answer",
    "Ada changes Nora's email address": "[changes|has changed] the e-mail address",
    "Dana looks at the difference between two versions": "[compares|has compared]",
    "the package has three versions now": "has {count:RevisionCount}",
    "Lee sees the description and tags of the package": "the {facts:PackageFacts} of",
    "Ada gives Nora another role": "[gives|has given] {user:User} {role",
    "the latest version has the commit message": "has the message",
    "it was fast enough, under 5 seconds": "it took less than",
    "the new version went through the workflow": "has passed {workflow:Workflow}",
    "Rita is a new administrator": "{account:NewAccount}, is signed in",
    "Ada promotes Nora to administrator": "[makes|has made] {user:User} an administrator",
}
