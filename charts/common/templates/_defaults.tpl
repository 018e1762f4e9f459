{{- /*
Every default of the library, once, with the rule that it satisfies. A template of this file takes
what the values state, and prints what they leave out: what is stated wins, an explicit false too.
*/ -}}

{{- /* pods/non-root, pods/seccomp: nothing loosens a pod, an exception names its container. A changed group rewrites only volumes whose root has the wrong one. */ -}}
{{- define "common.defaults.podsecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- if and (hasKey . "fsGroup") (not (hasKey . "fsGroupChangePolicy")) }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
{{- range $key, $value := . }}
{{ $key }}: {{ toJson $value }}
{{- end }}
{{- end -}}

{{- /* pods/read-only-root, pods/no-escalation, pods/drop-capabilities. The API server refuses the last two beside `privileged`. */ -}}
{{- define "common.defaults.security" -}}
readOnlyRootFilesystem: {{ if hasKey . "readOnlyRootFilesystem" }}{{ toJson .readOnlyRootFilesystem }}{{ else }}true{{ end }}
{{- if not .privileged }}
{{- if not (hasKey . "allowPrivilegeEscalation") }}
allowPrivilegeEscalation: false
{{- end }}
capabilities:
  drop:
    - ALL
  {{- with .capabilities }}
  add: {{ toJson .add }}
  {{- end }}
{{- end }}
{{- with omit . "readOnlyRootFilesystem" "capabilities" }}
{{ include "common.yaml" . }}
{{- end }}
{{- end -}}

{{- /* pods/token-mounted, pods/service-links. */ -}}
{{- define "common.defaults.pod" -}}
automountServiceAccountToken: {{ if .token }}true{{ else }}false{{ end }}
enableServiceLinks: false
{{- if .hostNetwork }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
{{- end -}}

{{- /* jobs/deadline: a Job without a deadline keeps the next one from starting. */ -}}
{{- define "common.defaults.cronjob" -}}
concurrencyPolicy: {{ with .concurrencyPolicy }}{{ . }}{{ else }}Forbid{{ end }}
startingDeadlineSeconds: {{ if hasKey . "startingDeadlineSeconds" }}{{ toJson .startingDeadlineSeconds }}{{ else }}600{{ end }}
successfulJobsHistoryLimit: 1
failedJobsHistoryLimit: 1
{{- end -}}

{{- define "common.defaults.job" -}}
activeDeadlineSeconds: {{ with .activeDeadlineSeconds }}{{ toJson . }}{{ else }}3600{{ end }}
backoffLimit: {{ if hasKey . "backoffLimit" }}{{ toJson .backoffLimit }}{{ else }}2{{ end }}
{{- with .parallelism }}
parallelism: {{ toJson . }}
{{- end }}
{{- end -}}

{{- /* Volumes outlive their Application, and do not keep it out of sync when they do. */ -}}
{{- define "common.defaults.keep" -}}
argocd.argoproj.io/compare-options: IgnoreExtraneous
argocd.argoproj.io/sync-options: Prune=false,Delete=false
{{- end -}}
