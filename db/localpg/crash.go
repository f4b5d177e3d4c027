package localpg

import (
	"context"
	"fmt"
	"path/filepath"
)

// Crash ends the server without letting it write anything down (pg_ctl's immediate mode), as when its machine loses its
// processes: the next Start recovers from the log. For trying what others do meanwhile. A cluster that does not run is
// no error.
func (c *Cluster) Crash(ctx context.Context) error {
	unlock, err := lockFile(ctx, filepath.Join(c.dir, "lock"))
	if err != nil {
		return fmt.Errorf("local PostgreSQL: wait for a starter: %w", err)
	}
	defer unlock()
	return c.stop(ctx, "immediate")
}
