"""The public record of Camp Ashraf and Camp Hurriya, and the map that loads it."""
