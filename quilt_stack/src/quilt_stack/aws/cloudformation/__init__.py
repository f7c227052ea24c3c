"""CloudFormation that applies every property of a template, refuses what it does not know, and rolls back.

Stock moto ignores whole resource types (bucket policies, Glue, Athena, alarms, budgets) and most properties of others,
and leaves a failed stack half made (foundations 6). Here the types that the project's templates use are made through
the deployment's own AWS API, as CloudFormation itself does.
"""

from quilt_stack.aws.cloudformation.installation import when_first_used

__all__ = ["when_first_used"]
