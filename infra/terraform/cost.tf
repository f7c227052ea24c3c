resource "aws_sns_topic" "cost" {
  name         = var.topic_name
  display_name = "Costs of the test environment"

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

data "aws_iam_policy_document" "cost_notifications" {
  statement {
    sid       = "CostNotifications"
    effect    = "Allow"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.cost.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "cost" {
  arn    = aws_sns_topic.cost.arn
  policy = data.aws_iam_policy_document.cost_notifications.json
}

resource "aws_sns_topic_subscription" "cost" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.cost.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

# EstimatedCharges counts from the first of the month; its growth within a day is what was spent on that day. It has no
# tags: the alarm is on the whole account, which holds nothing else (infra/README.md).
resource "aws_cloudwatch_metric_alarm" "daily_charges" {
  alarm_name          = var.alarm_name
  alarm_description   = "More was spent within a day than the test environment should cost"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.daily_charges_limit
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.cost.arn]

  metric_query {
    id          = "charges"
    return_data = false

    metric {
      namespace   = "AWS/Billing"
      metric_name = "EstimatedCharges"
      period      = 86400
      stat        = "Maximum"

      dimensions = {
        Currency = "USD"
      }
    }
  }

  metric_query {
    id          = "daily"
    expression  = "DIFF(charges)"
    label       = "USD a day"
    return_data = true
  }

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

resource "aws_budgets_budget" "monthly" {
  name         = var.budget_name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = var.monthly_budget
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:Purpose$QuiltMCP-E2E-Testing"]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.cost.arn]
  }

  notification {
    notification_type         = "FORECASTED"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.cost.arn]
  }

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}
