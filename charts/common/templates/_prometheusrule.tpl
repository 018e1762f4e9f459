{{- /*
Alerts of one service: the default ones that apply (_alert.tpl), its own and those of its
objectives. Each links a section of the runbook, which a test looks up.
*/ -}}
{{- define "common.kind.prometheusrule" -}}
{{- $marks := .body.marks -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  groups:
    - name: {{ .object }}
      rules:
        {{- range $alert, $given := .body.defaults }}
        - alert: {{ $alert }}
          {{- include (printf "common.alert.%s" (lower $alert)) $given | nindent 10 }}
            runbook: docs/operations/runbooks/alerts.md#{{ lower $alert }}
          labels:
            severity: {{ include "common.alert.severity" $alert }}
            {{- range $key, $text := $marks }}
            {{ $key }}: {{ quote $text }}
            {{- end }}
        {{- end }}
        {{- with .body.alerts }}
        {{- include "common.yaml" . | nindent 8 }}
        {{- end }}
{{- end -}}
