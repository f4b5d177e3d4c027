package voice

import (
	"maps"
	"slices"
	"strings"
)

// Analysis is what the provider's model found in a call, as far as it said so in words we know. How an analysis is put
// is the clinic's own plan at Vapi, so several spellings are read (Vapi: analysisPlan.structuredDataPlan, structuredOutputs).
type Analysis struct {
	Sentiment string  // positive, neutral or negative; empty when not said
	Score     float64 // 0 (negative) to 1 (positive), see HasScore
	HasScore  bool
	Urgency   string // low, medium or high; empty when not said
}

// readAnalysis takes each finding from the first place that has it.
func readAnalysis(envelope, artifact object) Analysis {
	places := []object{envelope.object("analysis", "structuredData")}
	outputs := artifact.object("structuredOutputs")
	for _, id := range slices.Sorted(maps.Keys(outputs)) {
		places = append(places, outputs.object(id, "result"))
	}
	var found Analysis
	for _, place := range places {
		found.add(place)
	}
	return found
}

func (a *Analysis) add(o object) {
	nested := o.object("sentiment")
	if a.Sentiment == "" {
		a.Sentiment = sentimentWord(firstText(o.text("sentiment"), o.text("sentimentLabel"), o.text("sentiment_label"),
			nested.text("label"), o.text("label")))
	}
	for _, n := range []struct {
		from object
		key  string
	}{{o, "sentimentScore"}, {o, "sentiment_score"}, {nested, "score"}, {o, "sentiment"}} {
		if score, ok := n.from.number(n.key); ok && !a.HasScore && score >= 0 && score <= 1 {
			a.Score, a.HasScore = score, true
		}
	}
	if a.Urgency == "" {
		a.Urgency = urgencyWord(firstText(o.text("urgency"), nested.text("urgency")))
	}
}

// sentimentWord knows three words of ours and those that older prompts asked for.
func sentimentWord(said string) string {
	switch strings.ToLower(said) {
	case "positive", "reassured", "decisive", "satisfied", "happy":
		return "positive"
	case "negative", "anxious", "frustrated", "angry", "upset":
		return "negative"
	case "neutral", "mixed":
		return "neutral"
	default:
		return ""
	}
}

func urgencyWord(said string) string {
	switch word := strings.ToLower(said); word {
	case "low", "medium", "high":
		return word
	case "urgent", "emergency", "critical":
		return "high"
	default:
		return ""
	}
}
