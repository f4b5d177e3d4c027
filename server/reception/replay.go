package reception

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/voice"
)

const (
	// maxReplayKey is the longest key, in bytes, that the tables keep. Vapi's ids have about thirty.
	maxReplayKey = 200
	// keyHash is how many bytes of the hash stand in a key.
	keyHash = 8
)

// replayKey knows a tool call again when Vapi delivers it twice. The id alone would not do: some models number their
// calls anew in every turn ("call_0"), so that another wish comes under an id that was answered. Empty when there is
// no id to go by. hash covers the tool's name and its arguments, in whatever order they were sent.
func replayKey(call voice.ToolCall) (key string, hash []byte) {
	wish, err := json.Marshal([]any{call.Name, call.Args})
	if err != nil || call.ID == "" {
		return "", nil
	}
	sum := sha256.Sum256(wish)
	key = call.ID + "#" + hex.EncodeToString(sum[:keyHash])
	if len(key) > maxReplayKey {
		return "", nil
	}
	return key, sum[:]
}

// once carries a tool call out, or answers as before when Vapi delivers it again.
func once(ctx context.Context, m voice.Message, req request, call voice.ToolCall) (reply, error) {
	run := toolNamed(call.Name)
	if run == nil {
		return refused("unknown_tool", sayUnknownTool), nil
	}
	key, hash := replayKey(call)
	req.id = key
	if key == "" {
		return run(ctx, req) // still no wish is carried out twice: the database knows it by patient, service and start
	}
	before, err := req.tx.AcceptDelivery(ctx, db.AcceptDeliveryParams{
		VapiCallID: m.Call.ID, Kind: voice.TypeToolCalls, Key: key, BodyHash: hash})
	if err == nil {
		return replayed(before), nil
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return reply{}, err
	}
	answer, err := run(ctx, req)
	if err != nil {
		return reply{}, err
	}
	req.tx.AnswerDeliveryAtCommit(db.AnswerDeliveryParams{
		VapiCallID: m.Call.ID, Kind: voice.TypeToolCalls, Key: key, Answer: stored(answer.outcome)})
	return answer, nil
}

// Stored answers begin with the kind of outcome they were.
const (
	storedSaid    = "said:"
	storedRefused = "refused:"
)

func stored(o voice.Outcome) string {
	if o.IsRefusal() {
		return storedRefused + o.Text()
	}
	return storedSaid + o.Text()
}

func replayed(d db.WebhookDelivery) reply {
	if d.Answer == nil {
		return refused("replayed", sayBusy)
	}
	if text, ok := strings.CutPrefix(*d.Answer, storedRefused); ok {
		return refused("replayed", text)
	}
	return said("replayed", strings.TrimPrefix(*d.Answer, storedSaid))
}
