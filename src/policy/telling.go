package policy

// What setup makes for the count of anomalies: alarms whose names begin so, and the topic that they tell.
const (
	alarmsOf   = "ct_anomaly *"
	alarmTopic = "ct-anomaly-alarms"
)

// telling lets anomalies go to a topic, and be counted.
func (p *Plan) telling(purpose Purpose) []Statement {
	var all []Statement
	add := func(when bool, s Statement) {
		if when {
			all = append(all, s)
		}
	}
	topic, counted, mailed := p.Topic != "", p.Namespace != "", p.Namespace != "" && p.Mailed
	mail := p.arn("sns", p.Region, p.Account, alarmTopic)
	alarms := p.arn("cloudwatch", p.Region, p.Account, "alarm:"+alarmsOf)
	switch purpose {
	case Run:
		add(topic, allow("TellTheTopic", []string{"sns:Publish"}, p.Topic))
		add(counted, allow("CountAnomalies", []string{"cloudwatch:PutMetricData"}, "*").when("StringEquals", "cloudwatch:namespace", p.Namespace))
	case Setup:
		add(topic, allow("MakeTheTopic", []string{"sns:CreateTopic", "sns:GetTopicAttributes", "sns:TagResource"}, p.Topic))
		add(counted, allow("SeeAlarms", []string{"cloudwatch:DescribeAlarms"}, "*"))
		add(counted, allow("MakeAlarms", []string{"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"}, alarms))
		add(counted && p.AlarmTopic != "", allow("SeeTheTopicOfAlarms", []string{"sns:GetTopicAttributes"}, p.AlarmTopic))
		add(mailed, allow("MakeTheTopicOfAlarms", []string{"sns:CreateTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Subscribe", "sns:TagResource"}, mail))
	case Teardown:
		add(topic, allow("RemoveTheTopic", []string{"sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListTagsForResource"}, p.Topic))
		add(counted, allow("SeeAlarms", []string{"cloudwatch:DescribeAlarms"}, "*"))
		add(counted, allow("RemoveAlarms", []string{"cloudwatch:DeleteAlarms", "cloudwatch:ListTagsForResource"}, alarms))
		add(counted, allow("RemoveTheTopicOfAlarms", []string{"sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListTagsForResource"}, mail))
	}
	return all
}
