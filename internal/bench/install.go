package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// program finds a program, in the search path or where Debian keeps servers'.
func program(name string, places ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range append(places, "/usr/sbin") {
		found, _ := filepath.Glob(filepath.Join(pattern, name)) // only a bad pattern is an error
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("there is no program %s", name)
}

// debian installs packages where a program is missing. It takes root.
func debian(ctx context.Context, has func() error, packages ...string) error {
	missing := has()
	if missing == nil {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: install %v", missing, packages)
	}
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"install", "-y", "--no-install-recommends"}, packages...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("install %v: %w: %s", packages, err, lastLine(out))
	}
	return has()
}

// npm installs a package into a folder, where it is not there yet.
func npm(ctx context.Context, folder, name string) error {
	if _, err := os.Stat(filepath.Join(folder, "node_modules", name, "package.json")); err == nil {
		return nil
	}
	if out, err := exec.CommandContext(ctx, "npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--omit=dev", name).CombinedOutput(); err != nil {
		return fmt.Errorf("npm install %s: %w: %s", name, err, lastLine(out))
	}
	return nil
}
