using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Opens a model with ONNX Runtime.</summary>
internal static class OnnxSession
{
    private static readonly Lock s_starting = new();
    private static readonly string[] s_usualNames = ["model.onnx", "decoder_model_merged.onnx", "onnx/model.onnx", "onnx/decoder_model_merged.onnx"];

    /// <summary>The file with the model: one of the usual names, or the only one that ends in .onnx.</summary>
    public static string FindFile(ModelFiles files)
    {
        string[] candidates = [.. files.Names.Where(file => file.EndsWith(".onnx", StringComparison.Ordinal))];
        return s_usualNames.FirstOrDefault(candidates.Contains) ?? (candidates.Length == 1
            ? candidates[0]
            : throw ModelFormatException.Model($"The model has {candidates.Length} files that end in .onnx and none is model.onnx; seal a folder with one of them."));
    }

    /// <summary>Opens a model; its file and those with its weights are wiped, because the session has its own copy.</summary>
    public static InferenceSession Open(ModelFiles files, string name, ModelLoadOptions options)
    {
        if (!files.TryGet(name, out ReadOnlyMemory<byte> content))
            throw ModelFormatException.Model($"The model has no file {name}; seal a folder that has one.");
        IReadOnlySet<string> locations = OnnxFile.Check(name, content.Span);
        string folder = name[..(name.LastIndexOf('/') + 1)];
        if (locations.FirstOrDefault(location => !files.Contains(folder + location)) is { } missing)
            throw ModelFormatException.Model($"{name} keeps weights in the file \"{folder + missing}\", which is not in the folder; seal it with the model.");
        StartRuntime();
        using SessionOptions session = Options(options);
        try
        {
            if (locations.Count > 0) ExternalWeights.Add(session, [.. locations.Select(location => (location, files.Array(folder + location)))]);
            return new InferenceSession(files.Array(name), session);
        }
        catch (OnnxRuntimeException exception)
        {
            // The rest of the message names parts of the model, which are the owner's.
            string code = exception.Message.Split(']')[0].Replace("[ErrorCode:", "", StringComparison.Ordinal);
            throw ModelFormatException.Model($"ONNX Runtime does not load {name} ({code}); check that the model runs with ONNX Runtime {OrtEnv.Instance().GetVersionString()}.");
        }
        finally
        {
            files.Wipe(name);
            foreach (string location in locations) files.Wipe(folder + location);
        }
    }

    /// <summary>Options of one run: silent, as the session is.</summary>
    public static RunOptions NewRun() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>The runtime's messages can carry values of tensors, so it says nothing unless the process dies of it.</summary>
    private static void StartRuntime()
    {
        lock (s_starting)
        {
            if (OrtEnv.IsCreated) return;
            var creation = new EnvironmentCreationOptions { logId = "inference", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            OrtEnv.CreateInstanceWithOptions(ref creation).DisableTelemetryEvents();
        }
    }

    private static SessionOptions Options(ModelLoadOptions options)
    {
        var session = new SessionOptions
        {
            // All optimizations: some quantized exports give nonsense without them.
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.Threads ?? Environment.ProcessorCount,
            InterOpNumThreads = 1,
            LogId = "inference",
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            // Shapes change with every request, so a plan of them is never used again.
            EnableMemoryPattern = false,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        return session;
    }
}
