package jobs

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheQueueIsHeardWhenItComplains(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	queue := complaints(log).With("queue", "calls").WithGroup("job")
	queue.Info("Producer job counts")
	require.Empty(t, out.String())
	queue.Warn("stuck", "id", 1)
	require.Contains(t, out.String(), "level=WARN msg=stuck queue=calls job.id=1")
	log.Info("working the queue")
	require.Contains(t, out.String(), "level=INFO")
}
