package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/voxanne-ai/voxanne/db/localpg"
)

const (
	folderMark    = "voxanne-chaos-" // begins the names of runs' folders, before random digits
	lockName      = "lock"           // of a run's folder, locked while it is played
	clusterFolder = "pg"             // in a run's folder
)

// makeFolder makes a run's folder in parent; it is the run's as long as the lock is open. Folders of runs that died go before,
// and with them their servers, which nobody else would ever stop.
func makeFolder(ctx context.Context, parent string) (folder string, lock *os.File, err error) {
	if err := sweep(ctx, parent); err != nil {
		return "", nil, err
	}
	if folder, err = os.MkdirTemp(parent, folderMark); err != nil {
		return "", nil, fmt.Errorf("make a folder: %w", err)
	}
	if lock, err = os.Create(filepath.Join(folder, lockName)); err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		return "", nil, fmt.Errorf("lock the folder: %w", errors.Join(err, os.RemoveAll(folder)))
	}
	return folder, lock, nil
}

// sweep removes the folders of runs that died.
func sweep(ctx context.Context, parent string) error {
	folders, err := filepath.Glob(filepath.Join(parent, folderMark+"*"))
	if err != nil {
		return fmt.Errorf("look for folders of earlier runs: %w", err)
	}
	for _, folder := range folders {
		lock, err := os.Open(filepath.Join(folder, lockName))
		if err != nil {
			continue // somebody else's, or of a run that is about to lock it
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = errors.Join(localpg.Remove(ctx, filepath.Join(folder, clusterFolder)), os.RemoveAll(folder))
		}
		if err := errors.Join(err, lock.Close()); err != nil {
			return fmt.Errorf("remove what an earlier run left: %w", err)
		}
	}
	return nil
}
