package voice

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnalysisIsReadInItsSpellings(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]Analysis{
		`"analysis":{"structuredData":{"sentiment":"Positive","urgency":"HIGH"}}`:                                              {Sentiment: "positive", Urgency: "high"},
		`"analysis":{"structuredData":{"sentiment":{"label":"Anxious","score":0.3,"urgency":"Medium"}}}`:                       {Sentiment: "negative", Score: 0.3, HasScore: true, Urgency: "medium"},
		`"analysis":{"structuredData":{"sentiment_score":"0","sentiment_label":"neutral"}}`:                                    {Sentiment: "neutral", HasScore: true},
		`"artifact":{"structuredOutputs":{"b":{"result":{"urgency":"low"}},"a":{"result":{"sentiment":"negative"}}}}`:          {Sentiment: "negative", Urgency: "low"},
		`"analysis":{"structuredData":{"urgency":"low"}},"artifact":{"structuredOutputs":{"a":{"result":{"urgency":"high"}}}}`: {Urgency: "low"},
	} {
		require.Equal(t, want, reportOf(t, fields).Analysis, fields)
	}
}

func TestAnalysisOfOtherWordsSaysNothing(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{
		`"analysis":{"structuredData":{"sentiment":"zanzibar-lilac","sentimentScore":7,"urgency":["high"]}}`,
		`"analysis":{"structuredData":"positive"}`, `"analysis":{"structuredData":{"sentiment":["positive"]}}`,
		`"artifact":{"structuredOutputs":[{"result":{"sentiment":"positive"}}]}`, `"analysis":null`,
	} {
		require.Zero(t, reportOf(t, fields).Analysis, fields)
	}
}
