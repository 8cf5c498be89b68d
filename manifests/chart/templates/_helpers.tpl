{{/* What all objects are called: the release, which usually is called pod-hardener. */}}
{{- define "pod-hardener.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pod-hardener.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pod-hardener.labels" -}}
{{ include "pod-hardener.selectorLabels" . }}
app.kubernetes.io/part-of: pod-hardener
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "pod-hardener.serviceAccountName" -}}
{{- default (include "pod-hardener.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "pod-hardener.secretName" -}}
{{- default (printf "%s-tls" (include "pod-hardener.fullname" .)) .Values.tls.secretName -}}
{{- end -}}

{{- define "pod-hardener.image" -}}
{{- with .Values.image -}}
{{- .registry }}/{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* How the API server reaches a path of ours. */}}
{{- define "pod-hardener.clientConfig" -}}
{{- $path := index . 1 -}}
{{- with index . 0 -}}
service:
  namespace: {{ .Release.Namespace }}
  name: {{ include "pod-hardener.fullname" . }}
  port: 443
  path: {{ $path }}
{{- if eq .Values.tls.mode "existingSecret" }}
caBundle: {{ required "tls.caBundle is needed with tls.mode existingSecret" .Values.tls.caBundle }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The namespaces that the API server asks about. */}}
{{- define "pod-hardener.namespaceSelector" -}}
matchExpressions:
  {{- if eq .Values.optIn "label" }}
  - key: pod-hardener.io/profile
    operator: Exists
  {{- end }}
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{ append .Values.webhook.excludedNamespaces .Release.Namespace | toJson }}
  {{- with .Values.webhook.namespaceSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The options of `pod-hardener serve` that differ from its own defaults. */}}
{{- define "pod-hardener.env" -}}
{{- $fullname := include "pod-hardener.fullname" . -}}
{{- if ne $fullname "pod-hardener" }}
- name: PODHARDENER_WEBHOOK_NAME
  value: {{ $fullname }}
- name: PODHARDENER_SERVICE_NAME
  value: {{ $fullname }}
{{- end }}
{{- if ne .Values.tls.mode "selfSigned" }}
- name: PODHARDENER_TLS
  value: files
- name: PODHARDENER_TLS_CERT_FILE
  value: /etc/pod-hardener/tls/tls.crt
- name: PODHARDENER_TLS_KEY_FILE
  value: /etc/pod-hardener/tls/tls.key
{{- else if ne (include "pod-hardener.secretName" .) "pod-hardener-tls" }}
- name: PODHARDENER_SECRET_NAME
  value: {{ include "pod-hardener.secretName" . }}
{{- end }}
{{- if .Values.mutualTLS.clientCAConfigMap }}
- name: PODHARDENER_CLIENT_CA_FILE
  value: /etc/pod-hardener/client-ca/ca.crt
{{- end }}
{{- with .Values.mutualTLS.clientNames }}
- name: PODHARDENER_CLIENT_NAMES
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.configuration }}
- name: PODHARDENER_CONFIG
  value: /etc/pod-hardener/config/config.yaml
{{- end }}
{{- if ne .Values.optIn "label" }}
- name: PODHARDENER_OPT_IN
  value: {{ .Values.optIn }}
{{- end }}
{{- if .Values.evidence.enabled }}
- name: PODHARDENER_EVIDENCE
  value: "true"
{{- end }}
{{- if ne .Values.logLevel "info" }}
- name: PODHARDENER_LOG_LEVEL
  value: {{ .Values.logLevel }}
{{- end }}
{{- with .Values.extraEnvVars }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pod-hardener.volumeMounts" -}}
{{- if ne .Values.tls.mode "selfSigned" }}
- name: tls
  mountPath: /etc/pod-hardener/tls
  readOnly: true
{{- end }}
{{- if .Values.mutualTLS.clientCAConfigMap }}
- name: client-ca
  mountPath: /etc/pod-hardener/client-ca
  readOnly: true
{{- end }}
{{- if .Values.configuration }}
- name: config
  mountPath: /etc/pod-hardener/config
  readOnly: true
{{- end }}
{{- end -}}

{{- define "pod-hardener.volumes" -}}
{{- if ne .Values.tls.mode "selfSigned" }}
- name: tls
  secret:
    secretName: {{ include "pod-hardener.secretName" . }}
    defaultMode: 288 # 0440
{{- end }}
{{- with .Values.mutualTLS.clientCAConfigMap }}
- name: client-ca
  configMap:
    name: {{ . }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- if .Values.configuration }}
- name: config
  configMap:
    name: {{ include "pod-hardener.fullname" . }}-config
    items:
      - key: config.yaml
        path: config.yaml
{{- end }}
{{- end -}}
