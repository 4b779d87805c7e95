using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.OpenInference;

/// <summary><c>POST /v2/models/{m}/infer</c>.</summary>
internal static class InferEndpoint
{
    private const string LengthHeader = "inference-header-content-length";

    public static async Task<InnerAnswer> AnswerAsync(ILoadedModel loaded, long version, InnerRequest request, CancellationToken aborted)
    {
        if (loaded is not ITensorModel model)
        {
            return ErrorAnswers.OpenInference(new(RefusalReason.Unsupported,
                $"The model '{loaded.Name}' has the task '{loaded.Task}'; ask it through the paths below /v1."));
        }

        if (!TrySplit(request, out ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> binary))
        {
            return ErrorAnswers.OpenInference(new(RefusalReason.RequestInvalid,
                $"The field '{LengthHeader}' must be the length of the JSON, at most that of the whole content."));
        }

        if (!RequestReader.TryRead(json, reader => InferRequest.Read(reader, binary), out InferRequest? infer, out RequestFault? fault))
        {
            return ErrorAnswers.OpenInference(fault.Refusal);
        }

        Outcome<IReadOnlyList<TensorValue>> outcome = await model.InferAsync(infer.Inputs, infer.Outputs, aborted).ConfigureAwait(false);
        return outcome.Accepted ? Write(model.Name, version, infer, outcome.Value) : ErrorAnswers.OpenInference(outcome.Refusal);
    }

    private static bool TrySplit(InnerRequest request, out ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> binary)
    {
        (json, binary) = (request.Content, default);
        if (request.Head.Header(LengthHeader) is not { } given)
        {
            return true;
        }

        if (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > request.Content.Length)
        {
            return false;
        }

        (json, binary) = (request.Content[..length], request.Content[length..]);
        return true;
    }

    private static InnerAnswer Write(string model, long version, InferRequest infer, IReadOnlyList<TensorValue> outputs)
    {
        var content = new ArrayBufferWriter<byte>();
        var binary = new List<ReadOnlyMemory<byte>>();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("model_name", model);
            json.WriteString("model_version", version.ToString(CultureInfo.InvariantCulture));
            if (infer.Id is not null)
            {
                json.WriteString("id", infer.Id);
            }

            json.WriteStartArray("outputs");
            foreach (TensorValue output in outputs)
            {
                WriteOutput(json, output, IsBinary(infer, output.Name) ? binary : null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        int length = content.WrittenCount;
        binary.ForEach(bytes => content.Write(bytes.Span));
        byte[] result = content.WrittenSpan.ToArray();
        content.Clear();
        return binary.Count == 0 ? new InnerAnswer { Content = result } : new InnerAnswer
        {
            Content = result,
            ContentType = "application/octet-stream",
            Headers = [new(LengthHeader, length.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private static bool IsBinary(InferRequest infer, string output) => infer.Outputs.Count == 0 ? infer.AllBinary : infer.BinaryOutputs.Contains(output);

    private static void WriteOutput(Utf8JsonWriter json, TensorValue output, List<ReadOnlyMemory<byte>>? binary)
    {
        json.WriteStartObject();
        json.WriteString("name", output.Name);
        json.WriteString("datatype", output.DataType.Word());
        json.WriteStartArray("shape");
        foreach (long dimension in output.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        if (binary is null)
        {
            TensorJson.Write(json, output);
        }
        else
        {
            ReadOnlyMemory<byte> bytes = TensorBinary.Write(output);
            binary.Add(bytes);
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", bytes.Length);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
