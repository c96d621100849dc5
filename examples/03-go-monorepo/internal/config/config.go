// Package config reads what the environment decides.
package config

import "os"

// String is the variable's value, or fallback where it is unset or empty.
func String(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
