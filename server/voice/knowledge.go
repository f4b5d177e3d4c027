package voice

// Passage is a piece of a document in answer to a question (Vapi: knowledge-base-request).
type Passage struct {
	Content    string  `json:"content"`
	Similarity float32 `json:"similarity"` // 0 to 1
	ID         string  `json:"uuid,omitempty"`
}

// readQuestion is the last thing that the caller said. Raw speech: never log.
func readQuestion(envelope object) string {
	turns, _ := readTurns(envelope)
	for i := len(turns) - 1; i >= 0; i-- {
		if turns[i].Speaker == SpeakerCaller {
			return limited(turns[i].Text, MaxArgumentText)
		}
	}
	return ""
}

// AnswerKnowledge encodes the passages for a model; none tell it that the documents do not say.
func AnswerKnowledge(passages []Passage) []byte {
	for i := range passages {
		passages[i].Content = clean(passages[i].Content)
	}
	return encode(map[string][]Passage{"documents": append([]Passage{}, passages...)})
}
