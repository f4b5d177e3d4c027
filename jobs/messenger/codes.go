package messenger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// codePlace is where a code stands in a stored text: the digits themselves are in no row.
const codePlace = "[code]"

// withCodes puts the subjects' codes into the text, in order. A text with fewer places takes the first ones only.
func (m *Messenger) withCodes(org uuid.UUID, text string, subjects []uuid.UUID, versions []int32) string {
	return m.wordings(org, text, subjects, versions)[0]
}

// wordings are the texts that may have been sent: one for each key by which their codes may have been derived, that of
// today's key first; only one for a text without codes.
func (m *Messenger) wordings(org uuid.UUID, text string, subjects []uuid.UUID, versions []int32) []string {
	texts := []string{text}
	for i, subject := range subjects {
		codes := m.Keys.Codes(org, subject, versions[i])
		if i == 0 {
			texts = slices.Repeat(texts, len(codes))
		}
		for key, code := range codes {
			texts[key] = strings.Replace(texts[key], codePlace, code, 1)
		}
	}
	return texts
}

// noteCodes makes the codes that the message carries valid, by their hashes, and remembers whose they are. It returns the
// text with the digits.
func (m *Messenger) noteCodes(ctx context.Context, tx db.Tx, org, messageID uuid.UUID, text string, b db.ScheduledBundle) (string, error) {
	carried := min(strings.Count(text, codePlace), len(b.CodeSubjects), len(b.CodeVersions))
	if carried == 0 {
		return text, nil
	}
	subjects, versions := b.CodeSubjects[:carried], b.CodeVersions[:carried]
	for i, subject := range subjects {
		hash := m.Keys.CodeHash(org, m.Keys.Code(org, subject, versions[i]))
		if err := tx.NoteCode(ctx, subject, versions[i], hash); err != nil {
			return "", fmt.Errorf("note a code: %w", err)
		}
	}
	if err := tx.NoteMessageCodes(ctx, messageID, subjects, versions); err != nil {
		return "", fmt.Errorf("note whose codes the message carries: %w", err)
	}
	return m.withCodes(org, text, subjects, versions), nil
}
